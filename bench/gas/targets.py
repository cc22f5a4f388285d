"""What the figures are held against: limits of our own, and those of others under the same conditions."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Target:
    """A limit to keep, one to aim at, and the peers' figures beside."""

    must: int
    aim: int
    peers: dict[str, int] = field(default_factory=dict)


TARGETS: dict[str, Target] = {
    "weighted3_swap": Target(82_000, 78_000, {"Balancer V2": 96_982, "V3": 159_639}),
    "weighted16_swap": Target(82_000, 78_000, {"Balancer V1, up to 8": 94_304}),
    "stable3_swap": Target(92_000, 86_000, {"Curve 3pool": 100_407, "stableswap-ng": 148_448}),
    "stable8_swap": Target(115_000, 105_000, {"stableswap-ng": 217_640}),
    "hops3_pools": Target(132_000, 124_000, {"Balancer V2": 167_051, "Uniswap V4": 175_160}),
    "hops3_inside": Target(115_000, 108_000, {"Balancer V2": 150_884}),
    "weighted3_add": Target(126_000, 118_000, {"Balancer V1": 134_810, "V2": 201_831}),
    "weighted3_remove": Target(115_000, 110_000, {"Balancer V1": 133_044, "V2": 192_021}),
    "weighted3_add_single": Target(78_000, 72_000, {"Balancer V1": 87_086, "V2": 180_979}),
    "stable3_add_single": Target(98_000, 88_000, {"Curve 3pool": 119_108, "stableswap-ng": 160_118}),
    "oracle_price": Target(14_000, 14_000),
    "oracle_value_per_share": Target(24_000, 24_000, {"Balancer V3, 2 assets": 98_100}),
    "create_weighted3": Target(350_000, 300_000, {"Balancer V3": 3_837_318}),
}
# A weighted swap costs the same at any number of assets.
FLAT_WITHIN = 300

# The published figures of what is measured again in the same run: were the conditions others, these would differ.
CONDITIONS: dict[str, int] = {
    "token_transfer": 33_754,
    "token_transfer_from": 36_460,
    "uniswap_v2_router": 97_002,
    "uniswap_v2_pair": 88_639,
    "uniswap_v3_router": 113_358,
    "uniswap_v3_router_back": 105_524,
}
CONDITIONS_WITHIN = 100
