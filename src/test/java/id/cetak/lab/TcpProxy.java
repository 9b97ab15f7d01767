package id.cetak.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A way to a server that can be cut, refused, or made to swallow what is sent, as bad networks do.
 */
public final class TcpProxy implements AutoCloseable {
  private final String host;
  private final int port;
  private final ServerSocket server;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "tcp-proxy");
            thread.setDaemon(true);
            return thread;
          });
  private volatile boolean refusing;
  private volatile boolean swallowing;
  private final Object stalled = new Object();
  private boolean stalling;

  public TcpProxy(String host, int port) {
    this.host = host;
    this.port = port;
    try {
      this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    threads.execute(this::accept);
  }

  public int localPort() {
    return server.getLocalPort();
  }

  /** Ends every connection at once. */
  public void cut() {
    open.forEach(TcpProxy::close);
    open.clear();
  }

  /** From now on new connections end at once, or work again. */
  public void refuse(boolean on) {
    refusing = on;
    if (on) {
      cut();
    }
  }

  /**
   * From now on the server's answers vanish, and nobody is told. What is sent to it still arrives.
   */
  public void swallowAnswers(boolean on) {
    swallowing = on;
  }

  /**
   * From now on nothing passes in either direction, on old connections and new ones, and nobody is
   * told; or it all comes through, late. So is it when packets are dropped for a while.
   */
  public void stall(boolean on) {
    synchronized (stalled) {
      stalling = on;
      stalled.notifyAll();
    }
  }

  @Override
  public void close() {
    stall(false);
    threads.shutdownNow();
    cut();
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        if (refusing) {
          close(client);
          continue;
        }
        Socket upstream = new Socket(host, port);
        open.add(client);
        open.add(upstream);
        threads.execute(() -> pump(client, upstream, false));
        threads.execute(() -> pump(upstream, client, true));
      } catch (IOException e) {
        // The proxy was closed, or the server is away: the client sees its connection end.
      }
    }
  }

  private void pump(Socket from, Socket to, boolean answers) {
    byte[] buffer = new byte[8_192];
    try {
      for (int n = from.getInputStream().read(buffer);
          n >= 0;
          n = from.getInputStream().read(buffer)) {
        awaitFlow();
        if (!(answers && swallowing)) {
          to.getOutputStream().write(buffer, 0, n);
        }
      }
    } catch (IOException e) {
      // One end is gone; the other follows.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    close(from);
    close(to);
  }

  private void awaitFlow() throws InterruptedException {
    synchronized (stalled) {
      while (stalling) {
        stalled.wait();
      }
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
