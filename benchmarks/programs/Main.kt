data class Edge(val to: Int, val weight: Long)

fun reach(graph: List<List<Edge>>, start: Int): Map<Int, Long> {
    val distance = mutableMapOf(start to 0L)
    val queue = java.util.ArrayDeque(listOf(start))
    while (queue.isNotEmpty()) {
        val node = queue.removeFirst()
        for ((to, weight) in graph[node]) {
            val next = distance.getValue(node) + weight
            if (next < distance[to] ?: Long.MAX_VALUE) {
                distance[to] = next
                queue.addLast(to)
            }
        }
    }
    return distance
}

fun main() {
    val graph = List(10) { i -> listOf(Edge((i * 7 + 3) % 10, i + 1L)) }
    println(reach(graph, 0).entries.sortedBy { it.key }.joinToString(" ") { "${it.key}:${it.value}" })
}
