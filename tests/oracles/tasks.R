# Values of metafor for tests/oracles/test_tasks.py: random effects over tasks by REML with Hartung and Knapp.
# NA: the value must be null. Needs r-cran-metafor.
# From the repository root:  Rscript tests/oracles/tasks.R > tests/oracles/tasks_r.csv
suppressMessages(library(metafor))
data <- read.csv("tests/oracles/tasks_data.csv", stringsAsFactors = FALSE)
cat("#", R.version.string, "metafor", as.character(packageVersion("metafor")), "\n")
cat("case,size,key,value\n")
put <- function(case, size, key, value) cat(sprintf("%s,%d,%s,%.17g\n", case, size, key, value))

for (case in unique(data$case)) {
  rows <- data[data$case == case, ]
  for (size in c(1L, 7L)) {
    level <- 1 - 0.05 / size
    if (max(rows$estimate) == min(rows$estimate)) {
      put(case, size, "estimate", rows$estimate[1])
      put(case, size, "tau", 0)
      for (key in c("low", "high", "p", "prediction_low", "prediction_high")) put(case, size, key, NA)
      next
    }
    # Its own convergence stops at changes of 1e-5 in tau2: here as close as it gets.
    found <- rma(yi = rows$estimate, sei = rows$error, method = "REML", test = "knha", level = 100 * level,
                 control = list(threshold = 1e-16 * max(1, var(rows$estimate)), maxiter = 10000, stepadj = 0.5))
    ahead <- predict(found, level = 100 * level)
    put(case, size, "estimate", as.numeric(found$beta))
    put(case, size, "low", found$ci.lb)
    put(case, size, "high", found$ci.ub)
    put(case, size, "p", min(1, size * found$pval))
    put(case, size, "tau", sqrt(found$tau2))
    put(case, size, "i2", found$I2 / 100)
    put(case, size, "prediction_low", ahead$pi.lb)
    put(case, size, "prediction_high", ahead$pi.ub)
    fixed <- rma(yi = rows$estimate, sei = rows$error, method = "FE", level = 100 * level)
    put(case, size, "narrower", as.numeric(found$ci.ub - found$ci.lb < fixed$ci.ub - fixed$ci.lb))
  }
}
