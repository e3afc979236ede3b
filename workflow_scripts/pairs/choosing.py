"""Which sound has which images: nearest first, in turn, and no image and no class more often than it may.

Sounds have their first images before any has a second. Within that, classes take turns, so that none takes what another
could have had; a class takes the pair of which the two are nearest, and of equally near ones that which the draw of the
two falls on (derive/draws.py). So pairs follow from who there is, not from the order in which they stand.
"""

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from workflow_scripts.derive import draws
from workflow_scripts.derive.earth import km_between
from workflow_scripts.pairs.nearness import Recorded, apart, days_between

Array = np.ndarray[Any, Any]

AT_ONCE = 8
"""So many of the nearest images of a sound are put in order at a time; most sounds need no more. A sound looks over one
of two whose draws are alike in all bits, which comes to pass once in a million million times."""
STEPS_A_KM = 1024
"""Distances are compared in steps of a metre: 25 bits. Below that the draw decides, by the other 39."""
DRAWN_BITS = 39


@dataclass(frozen=True)
class Side:
    """Sounds, or images.

    Attributes:
        recorded: where and when.
        hashes: (N,) uint64, of what each is called.
    """

    recorded: Recorded
    hashes: Array


@dataclass
class Assignment:
    """Pairs that are being chosen.

    Attributes:
        sounds: all that there are.
        images: likewise.
        keys: (N,) uint64, of each sound, that its draws are made with.
        left: (M,) how many sounds each image may still have.
        images_a_sound: how many images a sound has at most.
    """

    sounds: Side
    images: Side
    keys: Array
    left: Array
    images_a_sound: int

    def pairs(
        self, classes: Sequence[Array], most: Sequence[float], near: Callable[[int], Array]
    ) -> Iterator[tuple[int, int, int]]:
        """Sound, image and which of the sound's images it is, from 0.

        Args:
            classes: the sounds of each class, in the order in which these take turns.
            most: how many pairs each of them has at most.
            near: the images that a sound may have, ascending.
        """
        taken = [0] * len(classes)
        wishes = [
            {int(sound): _Wishes(self, int(sound), near(int(sound))) for sound in of_class} for of_class in classes
        ]
        for ordinal in range(self.images_a_sound):
            queues = [self._queue(of_class) for of_class in wishes]
            open_classes = [number for number, queue in enumerate(queues) if queue and taken[number] < most[number]]
            while open_classes:
                for number in open_classes:
                    found = self._take(queues[number], wishes[number])
                    if found is None:
                        queues[number].clear()
                        continue
                    taken[number] += 1
                    yield (*found, ordinal)
                open_classes = [number for number in open_classes if queues[number] and taken[number] < most[number]]

    def _queue(self, wishes: "dict[int, _Wishes]") -> list[tuple[int, int, int]]:
        """The next wish of each sound that has any, as a heap: how near, sound, image."""
        queue = [(*wish, sound) for sound, of_sound in wishes.items() if (wish := of_sound.next()) is not None]
        heapq.heapify(queue)
        return queue

    def _take(self, queue: list[tuple[int, int, int]], wishes: "dict[int, _Wishes]") -> tuple[int, int] | None:
        """The nearest pair whose image is still to be had."""
        while queue:
            _, image, sound = heapq.heappop(queue)
            if self.left[image] > 0:
                self.left[image] -= 1
                return sound, image
            if (wish := wishes[sound].next()) is not None:
                heapq.heappush(queue, (*wish, sound))
        return None

    def order_of(self, sound: int, images: Array) -> Array:
        """Of some images (N,) uint64: the lower, the sooner they are a sound's."""
        km = km_between(self.sounds.recorded.at[sound], self.images.recorded.at[images])
        days = days_between(self.sounds.recorded.day[sound], self.images.recorded.day[images])
        steps = np.rint(apart(km, days) * STEPS_A_KM).astype(np.uint64)
        drawn = draws.of_choice(self.keys[sound : sound + 1], self.images.hashes[images])
        return (steps << np.uint64(DRAWN_BITS)) | (drawn >> np.uint64(64 - DRAWN_BITS))


class _Wishes:
    """The images that a sound may have, one after the other, but those that are no longer to be had."""

    def __init__(self, choice: Assignment, sound: int, images: Array) -> None:
        self._choice, self._sound, self._images = choice, sound, images
        self._ahead: list[tuple[int, int]] = []
        self._last = -1

    def next(self) -> tuple[int, int] | None:
        """How near the next one is, and which; None when there is none."""
        left = self._choice.left
        while True:
            while self._ahead:
                wish = self._ahead.pop()
                if left[wish[1]] > 0:
                    return wish
            if not self._look_ahead(self._images[left[self._images] > 0]):
                return None

    def _look_ahead(self, rest: Array) -> bool:
        """Put the nearest of those in order that were not there before; whether there are any."""
        if not len(rest):
            return False
        order = self._choice.order_of(self._sound, rest)
        if self._last >= 0:
            later = order > np.uint64(self._last)
            order, rest = order[later], rest[later]
        if len(order) > AT_ONCE:
            first = np.argpartition(order, AT_ONCE)[:AT_ONCE]
            order, rest = order[first], rest[first]
        self._ahead = sorted(zip(order.tolist(), rest.tolist(), strict=True), reverse=True)
        if self._ahead:
            self._last = self._ahead[0][0]
        return bool(self._ahead)
