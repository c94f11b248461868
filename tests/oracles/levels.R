# Values of emmeans and multcomp for tests/oracles/test_levels.py.
# From the repository root:  Rscript tests/oracles/levels.R > tests/oracles/levels_r.csv
# Cells of a factorial are responses of one multivariate model with the seeds as rows, so that each contrast has its own
# standard error, on seeds - 1 degrees of freedom. Columns: group, case, key, value. Group "named" is f34 with the levels
# of its second factor taken as names, of which the second is the reference.
suppressMessages({library(emmeans); library(multcomp)})
data <- read.csv("tests/oracles/factorial_data.csv", stringsAsFactors = FALSE)
cat("#", R.version.string, "emmeans", as.character(packageVersion("emmeans")), "multcomp",
    as.character(packageVersion("multcomp")), "\n")
cat("group,case,key,value\n")
put <- function(group, case, key, value) cat(sprintf("%s,%s,%s,%.17g\n", group, case, key, value))

# Weights of the cells, from one vector of weights for each factor; the last factor changes fastest.
weights_of <- function(parts) as.vector(Reduce(kronecker, lapply(parts, function(p) matrix(p, ncol = 1))))
ends <- function(k) c(-1, rep(0, k - 2), 1)
flat <- function(k) rep(1 / k, k)
slope <- function(x) (x - mean(x)) / sum((x - mean(x))^2)

analyse <- function(group, rows, names, named = character()) {
  levels <- lapply(names, function(name) sort(unique(rows[[name]])))
  key <- do.call(paste, lapply(names, function(name) match(rows[[name]], levels[[match(name, names)]])))
  order_ <- do.call(paste, rev(expand.grid(rev(lapply(levels, seq_along)))))
  seeds <- sort(unique(rows$seed))
  wide <- sapply(order_, function(cell) { at <- rows[key == cell, ]; at$value[match(seeds, at$seed)] })
  colnames(wide) <- paste0("c", seq_len(ncol(wide)))
  fit <- lm(wide ~ 1)
  cells <- emmeans(fit, "rep.meas")
  sizes <- lengths(levels)
  family <- list()
  for (order in seq_along(names)) for (used in combn(seq_along(names), order, simplify = FALSE)) {
    parts <- lapply(seq_along(names), function(i) if (i %in% used) ends(sizes[i]) else flat(sizes[i]))
    called <- paste(toupper(names[used]), collapse = ":")
    if (!any(names[used] %in% named)) { family[[called]] <- weights_of(parts); next }
    if (order > 1) next
    for (place in setdiff(seq_len(sizes[used]), 2)) {
      parts[[used]] <- as.numeric(seq_len(sizes[used]) == place) - as.numeric(seq_len(sizes[used]) == 2)
      family[[paste(called, place, sep = "=")]] <- weights_of(parts)
    }
  }
  told <- contrast(cells, family)
  plain <- summary(told, infer = TRUE, adjust = "none")
  together <- summary(told, infer = TRUE, adjust = "bonferroni")
  by_multcomp <- glht(parm(coef = as.vector(coef(fit)), vcov = vcov(fit), df = length(seeds) - 1),
                      linfct = do.call(rbind, family))
  wide_ends <- confint(by_multcomp, calpha = qt(1 - 0.05 / (2 * length(family)), length(seeds) - 1))$confint
  adjusted <- summary(by_multcomp, test = adjusted("bonferroni"))$test$pvalues
  stopifnot(max(abs(wide_ends[, "lwr"] - together$lower.CL)) < 1e-9, max(abs(adjusted - together$p.value)) < 1e-9)
  for (i in seq_along(family)) {
    case <- names(family)[i]
    put(group, case, "mean_difference", plain$estimate[i])
    put(group, case, "standard_error", plain$SE[i])
    put(group, case, "df", plain$df[i])
    put(group, case, "t", plain$t.ratio[i])
    put(group, case, "p_t", plain$p.value[i])
    put(group, case, "ci_low", plain$lower.CL[i])
    put(group, case, "ci_high", plain$upper.CL[i])
    put(group, case, "mean_low_simultaneous", wide_ends[i, "lwr"])
    put(group, case, "mean_high_simultaneous", wide_ends[i, "upr"])
    put(group, case, "p_mean_adjusted", adjusted[i])
  }
  for (i in seq_along(names)) if (sizes[i] > 2 && !(names[i] %in% named)) for (scores in c("raw", "log", "rank")) {
    x <- switch(scores, raw = levels[[i]], log = suppressWarnings(log(levels[[i]])), rank = seq_along(levels[[i]]))
    if (any(!is.finite(x))) next
    parts <- lapply(seq_along(names), function(j) if (j == i) slope(x) else flat(sizes[j]))
    line <- summary(contrast(cells, list(slope = weights_of(parts))), infer = TRUE)
    means <- sapply(seq_along(levels[[i]]), function(place) {
      at <- lapply(seq_along(names), function(j) if (j == i) as.numeric(seq_len(sizes[j]) == place) else flat(sizes[j]))
      as.vector(wide %*% weights_of(at))
    })
    left <- t(apply(means, 1, function(y) residuals(lm(y ~ x))))[, seq_len(sizes[i] - 2), drop = FALSE]
    case <- paste(toupper(names[i]), scores, sep = "~")
    put(group, case, "slope", line$estimate)
    put(group, case, "slope_low", line$lower.CL)
    put(group, case, "slope_high", line$upper.CL)
    put(group, case, "slope_p", line$p.value)
    if (ncol(left) > 1) {
      test <- anova(lm(left ~ 1), lm(left ~ 0), test = "Hotelling-Lawley")
      put(group, case, "lack_of_fit_f", test[2, "approx F"])
      put(group, case, "lack_of_fit_p", test[2, "Pr(>F)"])
    } else {
      test <- t.test(left[, 1])
      put(group, case, "lack_of_fit_f", unname(test$statistic)^2)
      put(group, case, "lack_of_fit_p", test$p.value)
    }
  }
}
for (group in unique(data$group[grepl("^f", data$group)])) {
  names <- if (group == "f222") c("a", "b", "c") else c("a", "b")
  analyse(group, data[data$group == group, ], names)
}
analyse("named", data[data$group == "f34", ], c("a", "b"), named = "b")
