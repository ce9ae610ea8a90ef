# Calls a function and its gradient from R, through reticulate: R's numbers go in as NumPy arrays and come back as R's.
#
#     RETICULATE_PYTHON=python3 Rscript examples/r/gradient.R
#
# with a Python in which wengert is installed.
library(reticulate)

here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))
autograd <- import("wengert.autograd")
np <- import("wengert.autograd.numpy", convert = FALSE)

# 1. A function written in R with the functions of wengert.autograd.numpy.
f <- function(x) np$sum(np$multiply(np$sin(x), x))
slope <- autograd$grad(f)
x <- array(c(0.5, 1.0, 2.0))
stopifnot(all.equal(as.vector(slope(x)), as.vector(sin(x) + x * cos(x))))
cat("gradient of sum(x sin x):", sprintf("%.6f", slope(x)), "\n")

# 2. A model written in Python: its value and its gradient, first at one point.
model <- import_from_path("model", path = here)
time <- array(seq(0, 10, by = 0.5))
measured <- array(8 / (1 + exp(-1.2 * (time - 4))) + 0.1 * cos(7 * time))
start <- array(c(5.0, 0.5, 5.0))
both <- model$misfit_and_gradient(start, time, measured)
differences <- sapply(1:3, function(i) {
  step <- replace(numeric(3), i, 1e-6)
  (model$misfit(array(start + step), time, measured) - model$misfit(array(start - step), time, measured)) / 2e-6
})
stopifnot(all.equal(as.vector(both[[2]]), as.vector(differences), tolerance = 1e-6))
cat("misfit:", sprintf("%.4f", both[[1]]), "gradient:", sprintf("%.4f", both[[2]]), "\n")

# 3. The same in R's own optimiser, which asks for the gradient at every step.
fit <- optim(
  start,
  fn = function(p) model$misfit(array(p), time, measured),
  gr = function(p) model$misfit_and_gradient(array(p), time, measured)[[2]],
  method = "BFGS"
)
stopifnot(fit$convergence == 0, all.equal(as.vector(fit$par), c(8, 1.2, 4), tolerance = 0.02))
cat("fitted:", sprintf("%.2f", fit$par), "\n")
