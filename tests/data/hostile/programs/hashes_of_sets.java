//: family = "time"
//: idea = "Asks for the hash of sets nested in one another, which takes exponential time."
//: ends = ["time_limit_exceeded"]
//: limits = { memory_bytes = 536870912 }
import java.util.HashSet;
import java.util.Set;

public class Main {
    public static void main(String[] arguments) {
        Set<Object> root = new HashSet<>(), left = root, right = new HashSet<>();
        for (int n = 0; n < 60; n++) {
            Set<Object> next = new HashSet<>(), other = new HashSet<>();
            next.add("x" + n);
            left.add(next);
            left.add(other);
            right.add(next);
            right.add(other);
            left = next;
            right = other;
        }
        System.out.println(root.hashCode());
    }
}
