"""A model written in Python, for R to call: a curve that rises to a ceiling, and how far it is from the measurements."""

import wengert.autograd.numpy as np
from wengert.autograd import value_and_grad


def curve(parameters, time):
    """ceiling / (1 + exp(-rate * (time - middle)))"""
    ceiling, rate, middle = parameters[0], parameters[1], parameters[2]
    return ceiling / (1.0 + np.exp(-rate * (time - middle)))


def misfit(parameters, time, measured):
    """The sum of the squared distances: a number."""
    return np.sum((curve(parameters, time) - measured) ** 2)


#: The misfit and its gradient with respect to the parameters, in one go.
misfit_and_gradient = value_and_grad(misfit)
