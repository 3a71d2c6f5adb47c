"""What QUALITY promises of speed, measured: `make bench`, or `make bench ONLY=name` for one. Never part of the tests.

Each module has one `measure()` that prints its figures through `report.figure`. Figures are ratios, both sides taken in
turn in the same run, since machines are noisy.
"""
