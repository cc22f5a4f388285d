"""One broken pool for each finding about fee policies, the oracle, rights, the guard and rate providers."""

from __future__ import annotations

from tests.unit.spec.cases import ADDRESS, PRODUCT, STABLE, WEIGHTED, Case, error, warning


def _fees(case: Case, text: str) -> Case:
    """Put keys below the fee of a pool."""
    fee = '"0.04%"' if case.text == STABLE else '"0.3%"'
    return case._replace(old=fee, new=f"{fee}\n{text}")


def _top(case: Case, text: str) -> Case:
    """Put tables before the fees of a pool, from line 4 on."""
    return case._replace(old="[fees]", new=f"{text}\n[fees]")


_VOLATILE = 'policy = "volatility"\nmost = "1%"\nslope = {}'
_PEGGED = 'policy = "imbalance"\nmost = "1%"\nslope = {}'
_HELD = 'policy = "tiered"\nleast = "0.1%"\ntier_source = "{}"\ntier_threshold = {}'
_RATED = f'"DAI"\npeg = "USD"\nrate_provider = "{ADDRESS}"'

POLICY_CASES = [
    _fees(error("policy-unknown", "fees.policy", WEIGHTED, "", "", 6, "no fee policy called", 'Write "volatility"'),
          'policy = "volatile"'),
    _fees(error("tier-source-unknown", "fees.tier_source", WEIGHTED, "", "", 8, "no source of tiers", '"listed"'),
          'policy = "tiered"\nleast = 0\ntier_source = "whim"'),
    _fees(error("policy-key-missing", "fees.slope", WEIGHTED, "", "", 4, "reads slope", "Add slope = 0.5"),
          'policy = "volatility"\nmost = "1%"'),
    _fees(error("policy-key-missing", "fees.most", STABLE, "", "", 4, "reads most", 'Add most = "1%"'),
          'policy = "imbalance"\nslope = 0.5'),
    _fees(error("policy-key-missing", "fees.tier_threshold", WEIGHTED, "", "", 4, "reads tier_threshold", "1000"),
          'policy = "tiered"\nleast = 0\ntier_source = "held"'),
    _fees(error("policy-key-foreign", "fees.slope", WEIGHTED, "", "", 6, "does not read slope", "volatility"),
          "slope = 0.5"),
    _fees(error("policy-key-foreign", "fees.least", WEIGHTED, "", "", 9, "does not read least", "imbalance, tiered"),
          _VOLATILE.format("0.5") + '\nleast = "0.1%"'),
    _fees(error("policy-key-foreign", "fees.tier_threshold", WEIGHTED, "", "", 9, "manager gave them", "held"),
          _HELD.format("listed", 5)),
    _fees(warning("policy-unsuited", "fees.policy", PRODUCT, "", "", 6, "when the market does", '"volatility"'),
          _PEGGED.format("0.5")),
    _fees(error("fee-range", "fees.most", WEIGHTED, "", "", 7, "above 10 %", '"1%"'),
          'policy = "volatility"\nmost = "11%"\nslope = 0.5'),
    _fees(error("fee-range", "fees.least", STABLE, "", "", 7, "negative", '"0.01%"'),
          'policy = "imbalance"\nleast = -0.1\nmost = "1%"\nslope = 0.5'),
    _fees(error("fee-order", "fees.most", WEIGHTED, "", "", 7, "below the fee at rest, 0.30 %", "least, swap, most"),
          'policy = "volatility"\nmost = "0.2%"\nslope = 0.5'),
    _fees(error("fee-order", "fees.least", STABLE, "", "", 7, "above the fee at rest, 0.04 %", "least, swap, most"),
          'policy = "imbalance"\nleast = "0.05%"\nmost = "1%"\nslope = 0.5'),
    _fees(error("slope-range", "fees.slope", WEIGHTED, "", "", 8, "never moves the fee", "0.5 adds"),
          _VOLATILE.format(0)),
    _fees(error("slope-range", "fees.slope", WEIGHTED, "", "", 8, "above 18", "0.5 adds"), _VOLATILE.format(19)),
    _fees(warning("slope-steep", "fees.slope", STABLE, "", "", 8, "would add 2 % of fee", "0.01 to 1"),
          _PEGGED.format(2)),
    _fees(warning("slope-steep", "fees.slope", WEIGHTED, "", "", 8, "would add 6 % of fee", "0.01 to 5"),
          _VOLATILE.format(6)),
    _fees(error("too-fine", "fees.slope", WEIGHTED, "", "", 8, "steps of", "18 decimal"),
          _VOLATILE.format("0.1234567890123456789")),
    _fees(error("tier-threshold-range", "fees.tier_threshold", WEIGHTED, "", "", 9, "everybody would pay", "first"),
          _HELD.format("held", 0)),
    _fees(error("too-fine", "fees.tier_threshold", WEIGHTED, "", "", 9, "steps of", "9 decimal"),
          _HELD.format("traded", "0.1234567891")),
    _fees(error("fee-share-range", "fees.integrator_share", WEIGHTED, "", "", 6, "integrator", "100"),
          "integrator_share = 1.5"),
    _fees(error("fee-split", "fees.creator_share", WEIGHTED, "", "", 6, "earn nothing", "Lower"),
          "creator_share = 0.5\nintegrator_share = 0.6"),
    # The oracle.
    _top(error("half-life-range", "oracle.half_life", WEIGHTED, "", "", 5, "1 min to 7 days", '"10 min"'),
         "[oracle]\nhalf_life = 0"),
    _top(error("half-life-range", "oracle.half_life", WEIGHTED, "", "", 5, "1 min to 7 days", '"10 min"'),
         '[oracle]\nhalf_life = "8 days"'),
    _top(warning("half-life-short", "oracle.half_life", WEIGHTED, "", "", 5, "within minutes", '"10 min"'),
         '[oracle]\nhalf_life = "2 min"'),
    _top(error("number", "oracle.half_life", WEIGHTED, "", "", 5, "no known unit", '"3 days"'),
         '[oracle]\nhalf_life = "2 fortnights"'),
    # Rights.
    _top(error("right-delay-range", "rights.terms", WEIGHTED, "", "", 5, "up to", "change fees"),
         '[rights]\nterms = "30 weeks"'),
    _top(warning("right-sudden", "rights.ramp", WEIGHTED, "", "", 5, "a day to leave", '"3 days"'),
         '[rights]\nramp = "1 hour"'),
    _top(warning("right-foreign", "rights.only_loosens", WEIGHTED, "", "", 5, "right guard", "grant"),
         "[rights]\nonly_loosens = true"),
    _top(warning("right-foreign", "rights.highest_fee", WEIGHTED, "", "", 5, "rights terms and policy", "grant"),
         '[rights]\nhighest_fee = "1%"'),
    _top(error("highest-fee-low", "rights.highest_fee", WEIGHTED, "", "", 6, "up to 0.30 %", '"0.3%"'),
         '[rights]\nterms = "3 days"\nhighest_fee = "0.2%"'),
    _top(error("fee-range", "rights.highest_fee", WEIGHTED, "", "", 6, "more than 10 %", '"1%"'),
         '[rights]\nterms = "3 days"\nhighest_fee = "20%"'),
    # The guard of a launch.
    _top(error("guard-range", "guard.max_shares", WEIGHTED, "", "", 7, "nobody could deposit", "no bound"),
         "[rights]\nguard = 0\n[guard]\nmax_shares = 0"),
    _top(warning("guard-without-effect", "guard.max_shares_per_account", WEIGHTED, "", "", 8, "never binds", "less"),
         "[rights]\nguard = 0\n[guard]\nmax_shares = 5\nmax_shares_per_account = 6"),
    _top(warning("guard-forever", "guard", WEIGHTED, "", "", 4, "never be lifted", 'guard = "0 days"'),
         "[guard]\nlisted_only = true"),
    error("text-long", "pool.symbol", WEIGHTED, "[pool]", f'[pool]\nsymbol = "{"X" * 33}"', 2,
          "at most 32 bytes", "shorter"),
    # Rate providers.
    error("rate-age-range", "tokens[0].rate_max_age", STABLE, '"DAI"', f"{_RATED}\nrate_max_age = 0", 14, "too old",
          '"25 hours"'),
    error("rate-move-range", "tokens[0].rate_max_move", STABLE, '"DAI"', f"{_RATED}\nrate_max_move = 0", 14,
          "never follow", '"0.04%"'),
    error("rate-move-range", "tokens[0].rate_max_move", STABLE, '"DAI"', f'{_RATED}\nrate_max_move = "11%"', 14,
          "at most 10 %", '"0.04%"'),
    warning("rate-move-large", "tokens[0].rate_max_move", STABLE, '"DAI"', f'{_RATED}\nrate_max_move = "0.1%"', 14,
            "there and back", '"0.08%"'),
    warning("rate-limit-foreign", "tokens[0].rate_max_age", STABLE, '"DAI"', '"DAI"\nrate_max_age = "1 hour"', 12,
            "no rate provider", "Remove"),
]  # fmt: skip
