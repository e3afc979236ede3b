"""How alike folds are: the measures of Sechidis, Tsoumakas and Vlahavas (2011), section 4, and pairs as of 2017.

The last is of P. Szymański and T. Kajdanowicz, A Network Perspective on Stratification of Multi-Label Data (2017). Of
clips by themselves: a row a clip in `said`, a column a class, 0 or 1.
"""

import itertools

import numpy as np


def label_distribution(said: np.ndarray, folds: np.ndarray, k: int) -> float:
    """LD: by how much the odds of a class in a fold differ from those in all, mean over folds and classes."""
    odds_of_all = _odds(said)
    return float(np.mean([np.abs(_odds(said[folds == fold]) - odds_of_all) for fold in range(k)]))


def examples_distribution(folds: np.ndarray, k: int) -> float:
    """ED: by how many examples a fold differs from its share, mean over folds."""
    return float(np.mean(np.abs(np.bincount(folds, minlength=k) - len(folds) / k)))


def folds_without(said: np.ndarray, folds: np.ndarray, k: int) -> int:
    """FLZ: pairs of a fold and a class that is not in it."""
    return int(sum((said[folds == fold].sum(axis=0) == 0).sum() for fold in range(k)))


def label_pair_distribution(said: np.ndarray, folds: np.ndarray, k: int) -> float:
    """LPD: as LD, of pairs of classes that are said together."""
    pairs = [said[:, a] * said[:, b] for a, b in itertools.combinations(range(said.shape[1]), 2)]
    together = np.stack([pair for pair in pairs if pair.any()], axis=1)
    return label_distribution(together, folds, k)


def _odds(said: np.ndarray) -> np.ndarray:
    positive = said.sum(axis=0)
    return positive / (len(said) - positive)
