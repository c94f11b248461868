# Values of base R and of R's package survival for tests/oracles/test_factorial.py: main effects and interactions with
# seeds as blocks, and Kaplan and Meier's curves. NA: the value must be null.
# From the repository root:  Rscript tests/oracles/factorial.R > tests/oracles/factorial_r.csv
library(survival)
data <- read.csv("tests/oracles/factorial_data.csv", stringsAsFactors = FALSE)
cat("#", R.version.string, "survival", as.character(packageVersion("survival")), "\n")
cat("group,case,key,value\n")
put <- function(group, case, key, value) cat(sprintf("%s,%s,%s,%.17g\n", group, case, key, value))

# Greenhouse and Geisser's epsilon of an effect, by Mauchly's matrix of an orthonormal basis of its contrasts.
helmert <- function(k) apply(contr.helmert(k), 2, function(v) v / sqrt(sum(v^2)))
epsilon <- function(wide, basis) {
  S <- t(basis) %*% cov(wide) %*% basis
  sum(diag(S))^2 / (ncol(basis) * sum(S^2))
}
# A straight line through the levels by lm: what it rises from the lowest to the highest; of two levels, the difference.
# With more levels the test compares it with the slope, times this distance.
rise <- function(x, y) unname(coef(lm(y ~ x))[2]) * (max(x) - min(x))

for (group in unique(data$group[grepl("^f", data$group)])) {
  rows <- data[data$group == group, ]
  names <- if (group == "f222") c("a", "b", "c") else c("a", "b")
  for (name in names) rows[[toupper(name)]] <- factor(rows[[name]])
  rows$S <- factor(rows$seed)
  crossing <- paste(toupper(names), collapse = " * ")
  fit <- summary(aov(as.formula(paste("value ~", crossing, "+ Error(S / (", crossing, "))")), rows))
  cells <- do.call(expand.grid, rev(lapply(names, function(name) sort(unique(rows[[name]])))))[, rev(seq_along(names)), drop = FALSE]
  colnames(cells) <- names
  n <- length(unique(rows$seed))
  wide <- sapply(seq_len(nrow(cells)), function(i) {
    keep <- rep(TRUE, nrow(rows))
    for (name in names) keep <- keep & rows[[name]] == cells[i, name]
    one <- rows[keep, ]
    one$value[order(one$seed)]
  })
  for (stratum in fit) {
    table <- stratum[[1]]
    effects <- setdiff(trimws(rownames(table)), "Residuals")
    if (length(effects) == 0) next
    stopifnot(length(effects) == 1)
    effect <- effects[1]
    used <- tolower(strsplit(effect, ":")[[1]])
    row <- trimws(rownames(table)) == effect
    put(group, effect, "f", table[row, "F value"])
    put(group, effect, "df1", table[row, "Df"])
    put(group, effect, "df2", table[!row, "Df"])
    put(group, effect, "p", table[row, "Pr(>F)"])
    basis <- Reduce(kronecker, lapply(names, function(name) {
      k <- length(unique(cells[[name]]))
      if (name %in% used) helmert(k) else matrix(1 / sqrt(k), k, 1)
    }))
    e <- epsilon(wide, basis)
    put(group, effect, "epsilon", e)
    put(group, effect, "p_gg", pf(table[row, "F value"], e * table[row, "Df"], e * table[!row, "Df"], lower.tail = FALSE))
    # the contrast of every seed: lines through lines, averaged over the other factors
    contrast <- apply(wide, 1, function(y) {
      left <- cells
      left$y <- y
      others <- setdiff(names, used)
      left <- aggregate(left$y, by = left[used], FUN = mean)
      while (length(used) > 0) {
        name <- used[1]
        rest <- setdiff(used, name)
        if (length(rest) == 0) return(rise(left[[name]], left$x))
        key <- do.call(paste, left[rest])
        reduced <- lapply(split(left, key), function(part) data.frame(part[1, rest, drop = FALSE], x = rise(part[[name]], part$x)))
        left <- do.call(rbind, reduced)
        used <- rest
      }
    })
    test <- t.test(contrast)
    put(group, effect, "mean_difference", mean(contrast))
    put(group, effect, "sd_difference", sd(contrast))
    put(group, effect, "t", unname(test$statistic))
    put(group, effect, "df", unname(test$parameter))
    put(group, effect, "p_t", test$p.value)
    put(group, effect, "ci_low", test$conf.int[1])
    put(group, effect, "ci_high", test$conf.int[2])
    # exact sign flips of the mean, all 2^n of them
    signs <- as.matrix(expand.grid(rep(list(c(-1, 1)), n)))
    flipped <- abs(signs %*% contrast) / n
    put(group, effect, "p_sign_flip", mean(flipped >= abs(mean(contrast)) * (1 - 1e-9)))
  }
}

# Simple effects, case name@other=level: rows of one level of the other factor, means over all others, one-way aov.
for (group in unique(data$group[grepl("^f", data$group)])) {
  rows <- data[data$group == group, ]
  names <- if (group == "f222") c("a", "b", "c") else c("a", "b")
  for (varied in names) for (held in setdiff(names, varied)) for (level in sort(unique(rows[[held]]))) {
    case <- sprintf("%s@%s=%g", varied, held, level)
    one <- rows[rows[[held]] == level, ]
    one <- aggregate(one$value, by = list(seed = one$seed, level = one[[varied]]), FUN = mean)
    levels <- sort(unique(one$level))
    wide <- sapply(levels, function(l) { at <- one[one$level == l, ]; at$x[order(at$seed)] })
    one$L <- factor(one$level)
    one$S <- factor(one$seed)
    table <- summary(aov(x ~ L + Error(S / L), one))[["Error: S:L"]][[1]]
    e <- epsilon(wide, helmert(length(levels)))
    put(group, case, "f", table[1, "F value"])
    put(group, case, "epsilon", e)
    put(group, case, "p_gg", pf(table[1, "F value"], e * table[1, "Df"], e * table[2, "Df"], lower.tail = FALSE))
    contrast <- apply(wide, 1, function(y) rise(levels, y))
    test <- t.test(contrast)
    put(group, case, "mean_difference", mean(contrast))
    put(group, case, "t", unname(test$statistic))
    put(group, case, "ci_low", test$conf.int[1])
    put(group, case, "ci_high", test$conf.int[2])
  }
}

# Kaplan and Meier, Greenwood's variance on the log-log scale; log-rank scores as martingale residuals of the pooled arms.
rows <- data[data$group == "survival", ] # a: arm, b: epoch, c: 1 where it collapsed
for (arm in unique(rows$a)) {
  one <- rows[rows$a == arm, ]
  fit <- survfit(Surv(one$b, one$c) ~ 1, conf.type = "log-log")
  for (i in seq_along(fit$time)) {
    case <- paste(arm, fit$time[i])
    inner <- fit$surv[i] > 0 && fit$surv[i] < 1
    put("survival", case, "survival", fit$surv[i])
    put("survival", case, "at_risk", fit$n.risk[i])
    put("survival", case, "low", if (inner) fit$lower[i] else NA)
    put("survival", case, "high", if (inner) fit$upper[i] else NA)
  }
}
for (arm in setdiff(unique(rows$a), 0)) {
  both <- rows[rows$a %in% c(0, arm), ]
  test <- survdiff(Surv(b, c) ~ a, both)
  put("survival", arm, "observed_minus_expected", test$obs[2] - test$exp[2])
  both$score <- residuals(coxph(Surv(b, c) ~ 1, both, ties = "breslow"), type = "martingale")
  wide <- merge(both[both$a == arm, ], both[both$a == 0, ], by = "seed")
  d <- wide$score.x - wide$score.y
  signs <- as.matrix(expand.grid(rep(list(c(-1, 1)), length(d))))
  flipped <- abs(signs %*% d)
  put("survival", arm, "p_log_rank", mean(flipped >= abs(sum(d)) - 1e-9))
}
