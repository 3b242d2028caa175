//: family = "processes"
//: idea = "Starts commands that outlive it, opens ports, and reads what is not its own."
//: ends = ["exited"]
//: says = "tried"
//: limits = { memory_bytes = 536870912, cpu_s = 4, wall_s = 15 }
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;

public class Main {
    interface Attempt {
        void make() throws Exception;
    }

    private static void attempt(String what, Attempt attempt) {
        try {
            attempt.make();
            System.out.println("ESCAPED: " + what);
        } catch (Exception expected) {
        }
    }

    public static void main(String[] arguments) throws Exception {
        for (int n = 0; n < 3; n++) new ProcessBuilder("setsid", "sleep", "600").start();
        attempt("a server", () -> new ServerSocket(8080));
        attempt("a connection", () -> new Socket("127.0.0.1", 22));
        attempt("secrets", () -> Files.readString(Path.of("/etc/shadow")));
        attempt("memory", () -> Files.newByteChannel(Path.of("/proc/1/mem")));
        attempt("a program", () -> Files.writeString(Path.of("/usr/bin/java"), "x"));
        System.out.println("tried");
    }
}
