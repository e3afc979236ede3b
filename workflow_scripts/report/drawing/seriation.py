"""An order in which what is alike stands side by side."""

import numpy as np


def order_of(alike: np.ndarray) -> list[int]:
    """The order of the leaves of a tree of average linkage, clusters turned so that what is most alike meets.

    G. Gruvaeus and H. Wainer, "Two additions to hierarchical cluster analysis", British Journal of Mathematical and
    Statistical Psychology 25 (1972): where two clusters are joined, each is turned so that, of their four ends, the two
    that are most alike meet. Of several that are as much alike the first is taken, so that the order is one.

    Args:
        alike: how much each is like each other, larger for more: a symmetric matrix of n rows. It takes n³ steps.

    Returns:
        The numbers of the rows, in their order.
    """
    clusters = [[number] for number in range(len(alike))]
    means = alike.astype(float)
    np.fill_diagonal(means, -np.inf)
    while len(clusters) > 1:
        one, other = sorted(divmod(int(np.argmax(means)), len(clusters)))
        sizes = len(clusters[one]), len(clusters[other])
        joined = (sizes[0] * means[one] + sizes[1] * means[other]) / sum(sizes)
        means[one], means[:, one] = joined, joined
        means[one, one] = -np.inf
        means = np.delete(np.delete(means, other, axis=0), other, axis=1)
        clusters[one] = _joined(clusters[one], clusters.pop(other), alike)
    return clusters[0] if clusters else []


def _joined(one: list[int], other: list[int], alike: np.ndarray) -> list[int]:
    turns = [(a, b) for a in (one, one[::-1]) for b in (other, other[::-1])]
    first, second = max(turns, key=lambda turn: alike[turn[0][-1], turn[1][0]])
    return first + second
