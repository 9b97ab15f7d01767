package id.cetak.admission;

/** What a job is going to take of the file system that holds the images. */
public record Need(long bytes, long inodes) {
  /** As much for each of so many. */
  public Need times(long count) {
    return new Need(Math.multiplyExact(bytes, count), Math.multiplyExact(inodes, count));
  }
}
