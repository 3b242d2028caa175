import java.util.*;
import java.util.stream.*;

public class Main {
    record Edge(int from, int to, long weight) {}

    static long[] distances(List<List<Edge>> graph, int start) {
        long[] distance = new long[graph.size()];
        Arrays.fill(distance, Long.MAX_VALUE);
        distance[start] = 0;
        PriorityQueue<long[]> queue = new PriorityQueue<>((a, b) -> Long.compare(a[0], b[0]));
        queue.add(new long[] {0, start});
        while (!queue.isEmpty()) {
            long[] top = queue.poll();
            int node = (int) top[1];
            if (top[0] > distance[node]) continue;
            for (Edge edge : graph.get(node)) {
                long next = top[0] + edge.weight();
                if (next < distance[edge.to()]) {
                    distance[edge.to()] = next;
                    queue.add(new long[] {next, edge.to()});
                }
            }
        }
        return distance;
    }

    public static void main(String[] args) {
        List<List<Edge>> graph = new ArrayList<>();
        for (int i = 0; i < 10; i++) graph.add(new ArrayList<>());
        for (int i = 0; i < 10; i++) graph.get(i).add(new Edge(i, (i * 7 + 3) % 10, i + 1));
        System.out.println(Arrays.stream(distances(graph, 0))
            .mapToObj(d -> d == Long.MAX_VALUE ? "-" : Long.toString(d))
            .collect(Collectors.joining(" ")));
    }
}
