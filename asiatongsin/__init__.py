"""Site knowledge: where the news of a Mediaon site is and what its pages hold."""

__version__ = "0.1.0"
