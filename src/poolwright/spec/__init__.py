"""pool.toml -> PoolSpec (human units) -> PoolParams (integers), and the linter for misconfiguration."""
