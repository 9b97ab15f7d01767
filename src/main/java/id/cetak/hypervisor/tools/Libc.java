package id.cetak.hypervisor.tools;

import com.sun.jna.FunctionMapper;
import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;

/**
 * What the kernel can do to files and Java cannot say. Constants and structures are those of the
 * 64-bit machines that run KVM and Java.
 */
interface Libc extends Library {
  /** A method is called as in C, in Java's spelling. */
  FunctionMapper SPELLING =
      (library, method) ->
          method.getName().equals("syncFileRange") ? "sync_file_range" : method.getName();

  Libc LIBRARY = Native.load("c", Libc.class, Map.of(Library.OPTION_FUNCTION_MAPPER, SPELLING));

  int O_RDONLY = 0;
  int O_RDWR = 2;
  int O_NONBLOCK = 0x800;
  int O_NOFOLLOW = 0x20000;
  int O_CLOEXEC = 0x80000;

  int ENOENT = 2;
  int ENXIO = 6;
  int EACCES = 13;

  int open(String path, int flags) throws LastErrorException;

  int close(int file) throws LastErrorException;

  int ioctl(int file, NativeLong request, Pointer argument) throws LastErrorException;

  int ioctl(int file, NativeLong request, NativeLong argument) throws LastErrorException;

  int fcntl(int file, int command, Pointer argument) throws LastErrorException;

  long lseek(int file, long offset, int whence) throws LastErrorException;

  int syncFileRange(int file, long offset, long length, int flags) throws LastErrorException;

  int statx(int folder, String path, int flags, int mask, Pointer answer) throws LastErrorException;

  int statvfs(String path, Pointer answer) throws LastErrorException;

  /** What Java's own calls would throw. */
  static IOException failure(Path path, LastErrorException e) {
    return switch (e.getErrorCode()) {
      case ENOENT -> new NoSuchFileException(path.toString());
      case EACCES -> new AccessDeniedException(path.toString());
      default -> new FileSystemException(path.toString(), null, e.getMessage());
    };
  }
}
