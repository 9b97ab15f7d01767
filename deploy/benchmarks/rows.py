"""The rows, in the order in which they are measured."""

# name -> module and function; imported when measured, so that the list needs no package
ROWS = {
    "clone-100": ("rows_clones", "clone_100", "100 commands at once, to the last event read"),
    "latency": ("rows_latency", "latency", "one command after the other, from publication to event"),
    "batch": ("rows_clones", "batch", "one clone-batch of 1 to 10,000"),
    "domains": ("rows_clones", "domains", "100 commands with 2,000 domains already there"),
    "files": ("rows_clones", "files", "100 commands with 10 to 10,000 files in the image folder"),
    "fairness": ("rows_latency", "fairness", "single clones while 5,000 of another template are made"),
    "accept": ("rows_accept", "accept", "commands accepted a second"),
    "process": ("rows_worker", "process", "start to first command served; memory and CPU when idle"),
    "waiting": ("rows_latency", "waiting", "single clones with 1,000 and 1,000,000 commands waiting"),
    "sizes": ("rows_clones", "sizes", "100 commands from templates of 0.5, 1, 4 and 20 GB"),
    "full": ("rows_full", "full", "a full clone of 4 GB, beside cp"),
    "seal": ("rows_seal", "seal", "one seal, beside its tools run by hand"),
    "full-xfs": ("rows_full", "full_xfs", "the full clone on XFS with reflink; in a lab of its own"),
}
# Each seals a further template or two, which takes a minute without KVM.
NOT_QUICK = {"fairness", "sizes", "seal", "full-xfs"}
OWN_LAB = {"full-xfs"}
