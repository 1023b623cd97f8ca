"""The core's explorers and classifiers, one readable file each."""
