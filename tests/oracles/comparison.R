# Values of base R for tests/oracles/test_comparison.py.
# From the repository root:  Rscript tests/oracles/comparison.R > tests/oracles/comparison_r.csv
# Columns: dataset, condition, key, value. Counts of 10000 images become fractions; the dataset "loss" is in nats.
alpha <- 0.05
data <- read.csv("tests/oracles/comparison_data.csv", stringsAsFactors = FALSE)
cat("#", R.version.string, "\n")
cat("dataset,condition,key,value\n")
put <- function(dataset, condition, key, value) {
  cat(sprintf("%s,%s,%s,%.17g\n", dataset, condition, key, value))
}

margin_of <- function(dataset) if (dataset == "loss") 0.005 else 0.002

# Noncentrality at which P(T <= t) equals q.
noncentrality <- function(t, df, q) {
  uniroot(function(ncp) pt(t, df, ncp) - q, c(t - 30, t + 30), tol = 1e-13, extendInt = "downX")$root
}

# All 2^n sign vectors, one a row.
signs_of <- function(n) as.matrix(expand.grid(rep(list(c(1, -1)), n)))

abs_t <- function(d) {
  s <- sd(d)
  if (s < 1e-9 * max(abs(d))) Inf else abs(mean(d)) / (s / sqrt(length(d)))
}
reaches <- function(a, b) is.infinite(a) | a >= b * (1 - 1e-9)

# Every flip of whole rows: the matrix of abs t, one row a flip.
flipped_t <- function(D) {
  S <- signs_of(nrow(D))
  t(apply(S, 1, function(s) apply(D * s, 2, abs_t)))
}

# V+ with midranks, zeros dropped; two-sided p over all sign vectors.
signed_rank <- function(d) {
  d <- d[d != 0]
  r <- rank(abs(d))
  v <- sum(r[d > 0])
  all_v <- as.vector(((signs_of(length(d)) + 1) / 2) %*% r)
  c(v, min(1, 2 * min(mean(all_v <= v + 1e-9), mean(all_v >= v - 1e-9))))
}

for (dataset in unique(data$dataset)) {
  rows <- data[data$dataset == dataset, ]
  unit <- if (dataset == "loss") 1 else 10000
  wide <- reshape(rows[, c("seed", "condition", "value")], idvar = "seed", timevar = "condition", direction = "wide")
  control <- wide$value.none / unit
  labels <- setdiff(unique(rows$condition), "none")
  n <- nrow(wide)
  K <- length(labels)
  margin <- margin_of(dataset)
  # integers where they are counts, so that ties are exact
  D <- sapply(labels, function(label) {
    d <- wide[[paste0("value.", label)]] - wide$value.none
    if (dataset == "loss") round(d * 10000) else d
  })
  p <- c()
  for (label in labels) {
    treated <- wide[[paste0("value.", label)]] / unit
    d <- treated - control
    test <- t.test(treated, control, paired = TRUE, conf.level = 1 - alpha)
    p <- c(p, test$p.value)
    t <- unname(test$statistic)
    put(dataset, label, "n_pairs", n)
    put(dataset, label, "mean_difference", mean(d))
    put(dataset, label, "sd_difference", sd(d))
    put(dataset, label, "standard_error", sd(d) / sqrt(n))
    put(dataset, label, "t", t)
    put(dataset, label, "df", unname(test$parameter))
    put(dataset, label, "p_t", test$p.value)
    put(dataset, label, "ci_low", test$conf.int[1])
    put(dataset, label, "ci_high", test$conf.int[2])
    inner <- t.test(treated, control, paired = TRUE, conf.level = 1 - 2 * alpha)$conf.int
    put(dataset, label, "ci_low_90", inner[1])
    put(dataset, label, "ci_high_90", inner[2])
    if (n < 30) {
      all95 <- t.test(treated, control, paired = TRUE, conf.level = 1 - alpha / K)$conf.int
      all90 <- t.test(treated, control, paired = TRUE, conf.level = 1 - 2 * alpha / K)$conf.int
      put(dataset, label, "ci_low_simultaneous", all95[1])
      put(dataset, label, "ci_high_simultaneous", all95[2])
      put(dataset, label, "ci_low_simultaneous_90", all90[1])
      put(dataset, label, "ci_high_simultaneous_90", all90[2])
    }
    above <- t.test(treated, control, paired = TRUE, mu = -margin, alternative = "greater")$p.value
    below <- t.test(treated, control, paired = TRUE, mu = margin, alternative = "less")$p.value
    put(dataset, label, "p_tost", max(above, below))
    dz <- mean(d) / sd(d)
    put(dataset, label, "cohen_dz", dz)
    put(dataset, label, "cohen_dz_low", noncentrality(t, n - 1, 1 - alpha / 2) / sqrt(n))
    put(dataset, label, "cohen_dz_high", noncentrality(t, n - 1, alpha / 2) / sqrt(n))
    if (n > 2) {
      put(dataset, label, "hedges_gz", dz * gamma((n - 1) / 2) / (sqrt((n - 1) / 2) * gamma((n - 2) / 2)))
    }
    put(dataset, label, "pair_correlation", cor(treated, control))
    put(dataset, label, "variance_reduction", (var(treated) + var(control)) / var(d))
    if (n <= 14) {
      flips <- flipped_t(D[, label, drop = FALSE])
      put(dataset, label, "p_sign_flip", mean(reaches(as.vector(flips), abs_t(D[, label]))))
      put(dataset, label, "p_min_attainable", 2 / 2^n)
    }
    if (n <= 14) {
      ranked <- signed_rank(D[, label])
      put(dataset, label, "wilcoxon_v", ranked[1])
      put(dataset, label, "p_wilcoxon", ranked[2])
    } else {
      ranked <- suppressWarnings(wilcox.test(D[, label]))
      put(dataset, label, "wilcoxon_v", unname(ranked$statistic))
      if (!any(duplicated(abs(D[, label]))) && all(D[, label] != 0)) {
        put(dataset, label, "p_wilcoxon", wilcox.test(D[, label], exact = TRUE)$p.value)
      }
    }
    walsh <- sort(outer(d, d, "+")[upper.tri(diag(n), diag = TRUE)] / 2)
    put(dataset, label, "hodges_lehmann", median(walsh))
    if (2 / 2^n <= alpha) {
      counted <- qsignrank(alpha / 2, n)
      put(dataset, label, "hodges_lehmann_low", walsh[counted])
      put(dataset, label, "hodges_lehmann_high", walsh[n * (n + 1) / 2 + 1 - counted])
    }
    benefit <- if (dataset == "loss") -1 else 1
    wins <- sum(benefit * D[, label] > 0)
    ties <- sum(D[, label] == 0)
    put(dataset, label, "improvement_paired", (wins + ties / 2) / n)
    put(dataset, label, "improvement_paired_low", binom.test(wins, n, conf.level = 1 - alpha)$conf.int[1])
    put(dataset, label, "improvement_paired_high", binom.test(wins + ties, n, conf.level = 1 - alpha)$conf.int[2])
    whole <- if (dataset == "loss") 10000 else unit
    over <- sign(benefit * outer(round(treated * whole), round(control * whole), "-"))
    put(dataset, label, "cliffs_delta", mean(over))
    put(dataset, label, "improvement_fresh", mean((over[row(over) != col(over)] + 1) / 2))
    put(dataset, label, "mean", mean(treated))
    put(dataset, label, "sd", sd(treated))
    put(dataset, label, "median", median(treated))
    put(dataset, label, "trimmed_mean", mean(treated, trim = 0.2))
  }
  if (K > 1) {
    values <- as.matrix(wide[, -1])
    blocks <- data.frame(
      y = as.vector(values), seed = factor(rep(seq_len(n), K + 1)), condition = factor(rep(seq_len(K + 1), each = n))
    )
    friedman <- friedman.test(values)
    q <- unname(friedman$statistic)
    put(dataset, "omnibus", "friedman_q", q)
    put(dataset, "omnibus", "friedman_p", friedman$p.value)
    put(dataset, "omnibus", "kendall_w", q / (n * K))
    if (q < n * K) { # else F is infinite: all seeds rank the conditions alike
      f <- (n - 1) * q / (n * K - q)
      put(dataset, "omnibus", "iman_davenport_f", f)
      put(dataset, "omnibus", "iman_davenport_p", pf(f, K, K * (n - 1), lower.tail = FALSE))
    }
    fit <- summary(aov(y ~ condition + Error(seed), blocks))[["Error: Within"]][[1]]
    put(dataset, "omnibus", "rm_anova_f", fit[1, "F value"])
    put(dataset, "omnibus", "rm_anova_df1", fit[1, "Df"])
    put(dataset, "omnibus", "rm_anova_df2", fit[2, "Df"])
    put(dataset, "omnibus", "rm_anova_p", fit[1, "Pr(>F)"])
    # Greenhouse and Geisser by the eigenvalues of the covariance of orthonormal contrasts
    contrasts <- qr.Q(qr(contr.helmert(K + 1)))
    eigenvalues <- eigen(t(contrasts) %*% cov(values) %*% contrasts, symmetric = TRUE)$values
    epsilon <- sum(eigenvalues)^2 / (K * sum(eigenvalues^2))
    put(dataset, "omnibus", "gg_epsilon", epsilon)
    put(dataset, "omnibus", "rm_anova_p_gg", pf(fit[1, "F value"], epsilon * K, epsilon * K * (n - 1), lower.tail = FALSE))
  }
  holm <- p.adjust(p, "holm")
  bh <- p.adjust(p, "BH")
  for (k in seq_along(labels)) {
    put(dataset, labels[k], "p_holm", holm[k])
    put(dataset, labels[k], "p_bh", bh[k])
  }
  if (n <= 14) {
    flips <- flipped_t(D)
    if (K == 1) flips <- matrix(flips, ncol = 1)
    own <- apply(D, 2, abs_t)
    largest <- apply(flips, 1, max)
    for (k in seq_along(labels)) put(dataset, labels[k], "p_max_t", mean(reaches(largest, own[k])))
    ranked <- order(own, decreasing = TRUE)
    running <- 0
    for (r in seq_along(ranked)) {
      below <- apply(flips[, ranked[r:K], drop = FALSE], 1, max)
      running <- max(running, mean(reaches(below, own[ranked[r]])))
      put(dataset, labels[ranked[r]], "p_max_t_step_down", running)
    }
  }
}
