# Values of base R for tests/oracles/test_comparison.py.
# From the repository root:  Rscript tests/oracles/comparison.R > tests/oracles/comparison_r.csv
# Columns: dataset, condition, key, value. Counts of 10000 images become fractions; the dataset "loss" is in nats.
# NA: the value must be null. Seeds that either arm lacks are no pair; joint tests use the seeds that all testable have.
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

# What cannot be known of one pair, and of differences that do not vary.
null_of_one <- c("sd_difference", "standard_error", "pair_correlation", "variance_reduction", "improvement_fresh")
null_untestable <- c(
  "t", "df", "p_t", "ci_low", "ci_high", "ci_low_90", "ci_high_90", "ci_low_simultaneous", "ci_high_simultaneous",
  "ci_low_simultaneous_90", "ci_high_simultaneous_90", "p_tost", "cohen_dz", "cohen_dz_low", "cohen_dz_high",
  "hedges_gz", "p_sign_flip", "p_min_attainable", "wilcoxon_v", "p_wilcoxon", "hodges_lehmann_low",
  "hodges_lehmann_high", "p_holm", "p_bh", "p_max_t", "p_max_t_step_down"
)

for (dataset in unique(data$dataset)) {
  rows <- data[data$dataset == dataset, ]
  unit <- if (dataset == "loss") 1 else 10000
  wide <- reshape(rows[, c("seed", "condition", "value")], idvar = "seed", timevar = "condition", direction = "wide")
  labels <- setdiff(unique(rows$condition), "none")
  margin <- margin_of(dataset)
  # integers where they are counts, so that ties are exact
  D <- sapply(labels, function(label) {
    d <- wide[[paste0("value.", label)]] - wide$value.none
    if (dataset == "loss") round(d * 10000) else d
  })
  D <- matrix(D, ncol = length(labels), dimnames = list(NULL, labels))
  testable <- labels[apply(D, 2, function(d) sum(!is.na(d)) > 1 && sd(d, na.rm = TRUE) > 0)]
  K <- length(testable)
  p <- c()
  for (label in labels) {
    paired <- !is.na(D[, label])
    treated <- wide[[paste0("value.", label)]][paired] / unit
    control <- wide$value.none[paired] / unit
    d <- treated - control
    steps <- D[paired, label]
    n <- length(d)
    put(dataset, label, "n_pairs", n)
    put(dataset, label, "mean_difference", mean(d))
    whole <- if (dataset == "loss") 10000 else unit
    walsh <- sort(outer(steps, steps, "+")[upper.tri(diag(n), diag = TRUE)]) / (2 * whole)
    put(dataset, label, "hodges_lehmann", median(walsh))
    benefit <- if (dataset == "loss") -1 else 1
    wins <- sum(benefit * steps > 0)
    ties <- sum(steps == 0)
    put(dataset, label, "improvement_paired", (wins + ties / 2) / n)
    put(dataset, label, "improvement_paired_low", binom.test(wins, n, conf.level = 1 - alpha)$conf.int[1])
    put(dataset, label, "improvement_paired_high", binom.test(wins + ties, n, conf.level = 1 - alpha)$conf.int[2])
    over <- sign(benefit * outer(round(treated * whole), round(control * whole), "-"))
    put(dataset, label, "cliffs_delta", mean(over))
    if (n > 1) put(dataset, label, "improvement_fresh", mean((over[row(over) != col(over)] + 1) / 2))
    own <- na.omit(wide[[paste0("value.", label)]]) / unit # the arm, paired or not
    put(dataset, label, "mean", mean(own))
    put(dataset, label, "sd", sd(own))
    put(dataset, label, "median", median(own))
    put(dataset, label, "trimmed_mean", mean(own, trim = 0.2))
    if (!label %in% testable) {
      if (n == 1) for (key in null_of_one) put(dataset, label, key, NA)
      if (n > 1) put(dataset, label, "sd_difference", 0)
      for (key in null_untestable) put(dataset, label, key, NA)
      next
    }
    test <- t.test(treated, control, paired = TRUE, conf.level = 1 - alpha)
    p <- c(p, test$p.value)
    t <- unname(test$statistic)
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
      flips <- flipped_t(matrix(steps))
      put(dataset, label, "p_sign_flip", mean(reaches(as.vector(flips), abs_t(steps))))
      put(dataset, label, "p_min_attainable", 2 / 2^n)
    }
    if (n <= 14) {
      ranked <- signed_rank(steps)
      put(dataset, label, "wilcoxon_v", ranked[1])
      put(dataset, label, "p_wilcoxon", ranked[2])
    } else {
      ranked <- suppressWarnings(wilcox.test(steps))
      put(dataset, label, "wilcoxon_v", unname(ranked$statistic))
      if (!any(duplicated(abs(steps))) && all(steps != 0)) {
        put(dataset, label, "p_wilcoxon", wilcox.test(steps, exact = TRUE)$p.value)
      }
    }
    if (2 / 2^n <= alpha) {
      counted <- qsignrank(alpha / 2, n)
      put(dataset, label, "hodges_lehmann_low", walsh[counted])
      put(dataset, label, "hodges_lehmann_high", walsh[n * (n + 1) / 2 + 1 - counted])
    }
  }
  k <- length(labels)
  if (k > 1) {
    values <- as.matrix(na.omit(wide[, -1]))
    n <- nrow(values)
    blocks <- data.frame(
      y = as.vector(values), seed = factor(rep(seq_len(n), k + 1)), condition = factor(rep(seq_len(k + 1), each = n))
    )
    friedman <- friedman.test(values)
    q <- unname(friedman$statistic)
    put(dataset, "omnibus", "friedman_q", q)
    put(dataset, "omnibus", "friedman_p", friedman$p.value)
    put(dataset, "omnibus", "kendall_w", q / (n * k))
    if (q < n * k) { # else F is infinite: all seeds rank the conditions alike
      f <- (n - 1) * q / (n * k - q)
      put(dataset, "omnibus", "iman_davenport_f", f)
      put(dataset, "omnibus", "iman_davenport_p", pf(f, k, k * (n - 1), lower.tail = FALSE))
    }
    fit <- summary(aov(y ~ condition + Error(seed), blocks))[["Error: Within"]][[1]]
    put(dataset, "omnibus", "rm_anova_f", fit[1, "F value"])
    put(dataset, "omnibus", "rm_anova_df1", fit[1, "Df"])
    put(dataset, "omnibus", "rm_anova_df2", fit[2, "Df"])
    put(dataset, "omnibus", "rm_anova_p", fit[1, "Pr(>F)"])
    # Greenhouse and Geisser by the eigenvalues of the covariance of orthonormal contrasts
    contrasts <- qr.Q(qr(contr.helmert(k + 1)))
    eigenvalues <- eigen(t(contrasts) %*% cov(values) %*% contrasts, symmetric = TRUE)$values
    epsilon <- sum(eigenvalues)^2 / (k * sum(eigenvalues^2))
    put(dataset, "omnibus", "gg_epsilon", epsilon)
    put(dataset, "omnibus", "rm_anova_p_gg", pf(fit[1, "F value"], epsilon * k, epsilon * k * (n - 1), lower.tail = FALSE))
  }
  holm <- p.adjust(p, "holm")
  bh <- p.adjust(p, "BH")
  for (k in seq_along(testable)) {
    put(dataset, testable[k], "p_holm", holm[k])
    put(dataset, testable[k], "p_bh", bh[k])
  }
  joint <- na.omit(D[, testable, drop = FALSE])
  if (K > 0 && nrow(joint) <= 14) {
    flips <- flipped_t(joint)
    if (K == 1) flips <- matrix(flips, ncol = 1)
    own <- apply(joint, 2, abs_t)
    largest <- apply(flips, 1, max)
    for (k in seq_along(testable)) put(dataset, testable[k], "p_max_t", mean(reaches(largest, own[k])))
    ranked <- order(own, decreasing = TRUE)
    running <- 0
    for (r in seq_along(ranked)) {
      below <- apply(flips[, ranked[r:K], drop = FALSE], 1, max)
      running <- max(running, mean(reaches(below, own[ranked[r]])))
      put(dataset, testable[ranked[r]], "p_max_t_step_down", running)
    }
  }
}
