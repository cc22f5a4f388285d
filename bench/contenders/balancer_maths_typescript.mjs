// The peer @balancer-labs/balancer-maths of npm, called as its own README calls it.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const [casesPath, folder] = process.argv.slice(2);
const { Vault, SwapKind, AddKind } = createRequire(folder + "/")("@balancer-labs/balancer-maths");
const cases = JSON.parse(readFileSync(casesPath, "utf8"));
const WAD = 10n ** 18n;
const ROUND_MILLISECONDS = 400;

function poolState(pool) {
  const scalingFactors = pool.decimals.map((d) => 10n ** (18n - BigInt(d)));
  return {
    poolType: pool.kind.toUpperCase(),
    poolAddress: "0xpool",
    tokens: pool.tokens,
    scalingFactors,
    tokenRates: scalingFactors.map(() => WAD),
    balancesLiveScaled18: pool.balances.map((b, i) => BigInt(b) * scalingFactors[i]),
    swapFee: BigInt(pool.swap_fee),
    aggregateSwapFee: 0n,
    totalSupply: BigInt(pool.shares),
    supportsUnbalancedLiquidity: true,
    ...(pool.kind === "weighted" ? { weights: pool.weights.map(BigInt) } : { amp: BigInt(pool.amplification) }),
  };
}

function prepare(given) {
  const vault = new Vault();
  const state = poolState(given.pool);
  if (given.operation === "add") {
    const inputs = given.inputs.map((row) => row.map(BigInt));
    const add = (maxAmountsInRaw) =>
      vault.addLiquidity({ pool: "0xpool", maxAmountsInRaw, minBptAmountOutRaw: 0n, kind: AddKind.UNBALANCED }, state)
        .bptAmountOutRaw;
    return () => inputs.map(add);
  }
  const inputs = given.inputs.map(BigInt);
  const tokenIn = given.pool.tokens[Number(given.token_in)];
  const tokenOut = given.pool.tokens[Number(given.token_out)];
  const swap = (amountRaw) => vault.swap({ amountRaw, tokenIn, tokenOut, swapKind: SwapKind.GivenIn }, state);
  return () => inputs.map(swap);
}

const ready = new Map();
for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  if (!ready.has(request.case)) {
    ready.set(request.case, prepare(cases[request.case]));
    for (let i = 0; i < 5; i++) ready.get(request.case)(); // untimed: let the engine compile
  }
  const runAll = ready.get(request.case);
  if (request.show) {
    console.log(JSON.stringify({ answers: runAll().map(String) }));
    continue;
  }
  // As for the others: the lesser of wall clock and processor time.
  const start = performance.now();
  const processor = process.cpuUsage();
  let quotes = 0;
  let spent = 0;
  while ((spent = performance.now() - start) < ROUND_MILLISECONDS) quotes += runAll().length;
  const { user, system } = process.cpuUsage(processor);
  console.log(JSON.stringify({ quotes, seconds: Math.min(spent / 1e3, (user + system) / 1e6) }));
}
