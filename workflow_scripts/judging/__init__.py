"""What reviewers and models say of labels, in numbers: agreement, quality, doubts."""
