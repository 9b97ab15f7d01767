"""How fast linked clones come, beside what people use today and the floor; and that it stays so as things grow."""
import clones

VIRT_CLONE, VIRT_CLONE_P2 = "virt-clone loop", "xargs -P2 virt-clone"
SHELL_LOOP, FLOOR = "qemu-img + virsh loop", "in-process floor"
CETAK = "Cetak"
FILLER = """<domain type='qemu'><name>filler-{}</name><memory unit='MiB'>16</memory>
<os><type arch='x86_64'>hvm</type></os></domain>"""


def clone_100(bench):
    """100 commands at once, to the last event read."""
    base = bench.base()
    fill_domains(bench, 10)
    count = bench.size(100, 30)
    slow, slow_parallel = bench.size(5, 2), bench.size(8, 4)
    bench.cetak(base, count)()  # once unmeasured, so that the JVM has seen the code
    bench.in_turns("clone-100", {
        VIRT_CLONE: bench.baseline("virt_clone", "base", slow),
        CETAK: bench.cetak(base, count),
        VIRT_CLONE_P2: bench.baseline("virt_clone", "base", slow_parallel, 2),
        SHELL_LOOP: bench.baseline("shell_loop", "base", base.sealed, count),
        FLOOR: bench.baseline("in_process", "base", base.sealed, count),
    })
    bench.figures.note("clone-100", f"virt-clone makes {slow} clones a round, two at once {slow_parallel}, the others {count}; "
                       "costs are for one clone.")


def domains(bench):
    """The same with 2,000 domains already there."""
    base = bench.base()
    count, many = bench.size(100, 30), 2000
    for number in range(bench.rounds):
        ordered = [10, many] if number % 2 == 0 else [many, 10]
        for there in ordered:
            fill_domains(bench, there)
            bench.one("domains", f"{CETAK}, {there}", bench.cetak(base, count))
            if there == many:
                bench.one("domains", f"{VIRT_CLONE}, {there}", bench.baseline("virt_clone", "base", bench.size(3, 1)))
    fill_domains(bench, 10)


def files(bench):
    """10 to 10,000 other files in the folder in which clones' images lie."""
    base, count = bench.base(), bench.size(100, 30)
    for number in range(bench.rounds):
        sizes = [10, 100, 1000, 10000]
        for there in sizes if number % 2 == 0 else reversed(sizes):
            fill_files(bench, there)
            bench.one("files", str(there), bench.cetak(base, count))
    fill_files(bench, 0)


def sizes(bench):
    """The same from templates of 0.5, 1, 4 and 20 GB."""
    count = bench.size(100, 30)
    wanted = {"0.5": bench.base(), "1": bench.template("gb1", 1024)}
    if not bench.quick:
        wanted["4"] = bench.template("gb4", 4096)
        wanted["20"] = bench.template("gb20", 4096, 20480)
        bench.figures.note("sizes", "The template of 20 GB is 20 GB as its guest sees it, with 4 GB of data.")
    bench.in_turns("sizes", {gb: bench.cetak(template, count) for gb, template in wanted.items()})


def batch(bench):
    """One clone-batch of 1 to 10,000, and the worker's memory before and after."""
    base = bench.base()
    for size in bench.size([1, 10, 100, 1000, 10000], [1, 10, 100]):
        for _ in range(bench.rounds if size < 10000 else max(1, bench.rounds // 3)):
            before = bench.memory_mb()
            if bench.one("batch", str(size), bench.cetak(base, size, clones.batch)):
                bench.figures.value("batch", f"memory before {size} (MB)", before)
                bench.figures.value("batch", f"memory after {size} (MB)", bench.memory_mb())


def fill_domains(bench, wanted):
    """Tiny domains without a disk, until as many as wanted are there."""
    hypervisor = bench.lab.hypervisor
    known = {domain.name(): domain for domain in hypervisor.listAllDomains()}
    fillers = [name for name in known if name.startswith("filler-")]
    others = len(known) - len(fillers)
    for name in fillers[max(0, wanted - others):]:
        known[name].undefine()
    for number in range(wanted - others):
        if f"filler-{number}" not in known:
            hypervisor.defineXML(FILLER.format(number))
    bench.checker.mark()


def fill_files(bench, wanted):
    folder = bench.lab.images / "clones"
    for number in range(wanted):
        (folder / f"filler-{number}").touch()
    for file in folder.glob("filler-*"):
        if int(file.name.partition("-")[2]) >= wanted:
            file.unlink()
    bench.checker.mark()
