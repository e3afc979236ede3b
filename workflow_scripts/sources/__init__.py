"""What adapters share: source files and what readers raise, lists and trees of classes, labels and what follows."""
