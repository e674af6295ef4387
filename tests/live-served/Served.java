// Threads that check what they call: sleeps, locks, sockets, files, and memory
// that comes and goes.
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

public class Served {
	interface Once {
		boolean run() throws Exception;
	}

	static final AtomicLong served = new AtomicLong();

	static void loop(String what, Once once) {
		Thread thread = new Thread(() -> {
			try {
				while (once.run())
					served.incrementAndGet();
				System.out.println("wrong " + what);
			} catch (Exception exception) {
				System.out.println("wrong " + what + " " + exception);
			}
		});
		thread.setDaemon(true);
		thread.start();
	}

	static boolean echo(int port) throws Exception {
		byte[] text = "all that is said comes back".getBytes();
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
			OutputStream out = socket.getOutputStream();
			InputStream in = socket.getInputStream();
			for (int i = 0; i < 20; i++) {
				out.write(text);
				if (!Arrays.equals(in.readNBytes(text.length), text))
					return false;
			}
		}
		return true;
	}

	public static void main(String[] args) throws Exception {
		ServerSocket server =
			new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
		loop("accept", () -> {
			Socket socket = server.accept();
			new Thread(() -> {
				try (socket) {
					socket.getInputStream().transferTo(
						socket.getOutputStream());
				} catch (Exception exception) {
					System.out.println("wrong server " + exception);
				}
			}).start();
			return true;
		});
		for (int i = 0; i < 3; i++)
			loop("echo", () -> echo(server.getLocalPort()));
		loop("sleep", () -> {
			long began = System.nanoTime();
			Thread.sleep(3);
			return System.nanoTime() - began >= 2900000;
		});
		loop("park", () -> {
			LockSupport.parkNanos(2000000);
			return true;
		});
		LinkedBlockingQueue<Integer> queue = new LinkedBlockingQueue<>(10);
		loop("put", () -> {
			queue.put(7);
			return true;
		});
		loop("take", () -> {
			Integer taken = queue.poll(100, TimeUnit.SECONDS);
			return taken != null && taken == 7;
		});
		loop("file", () ->
			Files.readString(Path.of("/proc/self/stat")).length() > 0);
		loop("memory", () -> {
			byte[][] kept = new byte[1000][];
			for (int i = 0; i < kept.length; i++) {
				kept[i] = new byte[100 + i];
				kept[i][i] = (byte) i;
			}
			Thread.sleep(1);
			for (int i = 0; i < kept.length; i++)
				if (kept[i][i] != (byte) i)
					return false;
			return true;
		});
		for (;;) {
			long before = served.get();
			Thread.sleep(1000);
			System.out.println("served " + (served.get() - before));
		}
	}
}
