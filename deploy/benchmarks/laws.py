"""How the cost of one clone grows with what surrounds it: as text, and as PNG."""

LAWS = {
    "domains": ("Domains that the host has", {"10": "Cetak, 10", "2,000": "Cetak, 2000"}),
    "files": ("Files in the image folder", {"10": "10", "100": "100", "1,000": "1000", "10,000": "10000"}),
    "sizes": ("Size of the template (GB)", {"0.5": "0.5", "1": "1", "4": "4", "20": "20"}),
    "batch": ("Clones in one batch", {"1": "1", "10": "10", "100": "100", "1,000": "1000", "10,000": "10000"}),
    "waiting": ("Commands waiting", {"1,000": "few", "1,000,000": "many"}),
}
BAR = 40


def points(figures, row):
    """(name on the axis, median, smallest, largest) in milliseconds for one clone"""
    found = []
    for shown, contender in LAWS[row][1].items():
        each = figures.each(row, contender)
        if each:
            found.append((shown, figures.median(row, contender), min(each), max(each)))
    return found


def as_text(figures, row):
    found = points(figures, row)
    if not found:
        return
    longest = max(median for _, median, _, _ in found)
    yield f"{LAWS[row][0]}: milliseconds for one clone (median, min-max)"
    for shown, median, least, most in found:
        yield f"{shown:>10} {'#' * max(1, round(BAR * median / longest)):{BAR}} {median:8.1f} ({least:.1f}-{most:.1f})"


def as_png(figures, row, file):
    """True when there was something to draw."""
    import matplotlib
    matplotlib.use("Agg")
    from matplotlib import pyplot
    found = points(figures, row)
    if len(found) < 2:
        return False
    shown, medians, least, most = zip(*found)
    below = [median - low for median, low in zip(medians, least)]
    above = [high - median for median, high in zip(medians, most)]
    figure, axes = pyplot.subplots(figsize=(6, 3.4))
    axes.errorbar(range(len(shown)), medians, yerr=[below, above], marker="o", capsize=4)
    axes.set_xticks(range(len(shown)), shown)
    axes.set_xlabel(LAWS[row][0])
    axes.set_ylabel("ms for one clone")
    axes.set_ylim(bottom=0)
    axes.grid(axis="y", alpha=0.3)
    figure.tight_layout()
    figure.savefig(file, dpi=110, metadata={"Software": None})
    pyplot.close(figure)
    return True
