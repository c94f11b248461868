# Values of base R for tests/oracles/test_divergence.py.
# From the repository root:  Rscript tests/oracles/divergence.R > tests/oracles/divergence_r.csv
# Clopper-Pearson (low, high) of k in n; the exact McNemar p of discordant counts b and c; V+ and the exact p of worst
# ranks, of the differences of `worst_rank` and as many failures of the condition, and of the control.
cat("#", R.version.string, "\n")
cat("method,first,second,alpha,low,high\n")
for (n in c(1, 2, 5, 10, 20, 128, 1000)) {
  for (k in unique(c(0, 1, floor(n / 3), n - 1, n))) {
    for (alpha in c(0.05, 0.01, 0.2)) {
      limits <- binom.test(k, n, conf.level = 1 - alpha)$conf.int
      cat(sprintf("clopper_pearson,%d,%d,%g,%.17g,%.17g\n", k, n, alpha, limits[1], limits[2]))
    }
  }
}
for (b in c(0, 1, 2, 5, 9, 30)) {
  for (c in c(0, 1, 4, 12)) {
    p <- if (b + c == 0) 1 else binom.test(b, b + c, 0.5)$p.value
    cat(sprintf("mcnemar,%d,%d,0.05,%.17g,%.17g\n", b, c, p, p))
  }
}
differences <- c(12, -3, 3, 0, 7, -3, 20, 1, 0)
for (b in c(0, 1, 3)) {
  for (c in c(0, 2)) {
    scores <- c(differences, rep(-1000, b), rep(1000, c)) # worse than any result, the pairs with a failure all tied
    kept <- scores[scores != 0]
    ranks <- rank(abs(kept))
    v <- sum(ranks[kept > 0])
    all <- as.vector(as.matrix(expand.grid(rep(list(c(0, 1)), length(kept)))) %*% ranks)
    p <- min(1, 2 * min(mean(all <= v + 1e-9), mean(all >= v - 1e-9)))
    cat(sprintf("worst_rank,%d,%d,0.05,%.17g,%.17g\n", b, c, v, p))
  }
}
