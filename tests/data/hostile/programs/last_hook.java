//: family = "time"
//: idea = "Ends with exit code 0, and has a shutdown hook that never does."
//: ends = ["time_limit_exceeded"]
//: limits = { memory_bytes = 536870912 }
public class Main {
    public static void main(String[] arguments) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> { while (true) Thread.onSpinWait(); }));
        System.exit(0);
    }
}
