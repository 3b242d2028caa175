import java.io.*;
import java.math.BigInteger;
import java.util.*;
import java.util.function.*;
import java.util.stream.*;

/** A bit of everything that programs are made of, so that compiling it loads what compiling them will. */
public class Main {
    sealed interface Shape permits Circle, Square {}
    record Circle(double radius) implements Shape {}
    record Square(double side) implements Shape {}
    enum Colour { RED, GREEN }

    static abstract class Node<T extends Comparable<T>> implements Comparable<Node<T>> {
        final T key;
        private Node<T> left, right;
        Node(T key) { this.key = key; }
        abstract int weight();
        @Override public int compareTo(Node<T> other) { return key.compareTo(other.key); }
    }

    static double area(Shape shape) {
        if (shape instanceof Circle circle) return Math.PI * circle.radius() * circle.radius();
        return shape instanceof Square square ? square.side() * square.side() : 0;
    }

    static String name(Colour colour) {
        switch (colour) { case RED: return "red"; default: break; }
        return switch (colour) { case RED -> "red"; case GREEN -> "green"; };
    }

    @SafeVarargs static <T> List<T> listOf(T... items) { return new ArrayList<>(Arrays.asList(items)); }

    public static void main(String[] arguments) throws Exception {
        Scanner scanner = new Scanner(System.in);
        BufferedReader reader = new BufferedReader(new InputStreamReader(System.in));
        StringTokenizer words = new StringTokenizer("a b c");
        int[][] grid = new int[3][4];
        long total = 0L;
        for (int[] row : grid) for (int cell : row) total += cell;
        Map<Integer, List<String>> groups = new HashMap<>();
        for (int i = 0; i < 10; i++) groups.computeIfAbsent(i % 3, k -> new ArrayList<>()).add("x" + i);
        PriorityQueue<int[]> queue = new PriorityQueue<>((a, b) -> a[0] - b[0]);
        Function<Integer, Integer> twice = x -> 2 * x;
        String joined = IntStream.range(0, 10).mapToObj(Integer::toString).collect(Collectors.joining(","));
        Node<String> node = new Node<>("key") { @Override int weight() { return 1; } };
        try { total += Long.parseLong(words.nextToken()); }
        catch (NumberFormatException | NoSuchElementException error) { total <<= 1; }
        finally { total ^= 3; }
        synchronized (queue) { queue.add(new int[] {1, 2}); }
        char letter = joined.charAt(0);
        do { letter++; } while (letter < 'z' && !groups.isEmpty());
        var text = """
            several
            lines""";
        StringBuilder builder = new StringBuilder().append(letter).append(total).reverse();
        System.out.printf("%.3f %s %s %d%n", area(new Circle(2)), name(Colour.RED), text, twice.apply(4));
        System.out.println(BigInteger.TWO.pow(70) + builder.toString() + listOf(1, 2, 3) + node.weight());
        new Thread(() -> System.out.println(reader)).start();
    }
}
