import java.util.*

data class Point(val x: Int, val y: Int)

sealed class Shape {
    class Circle(val radius: Double) : Shape()
    object Empty : Shape()
}

fun area(shape: Shape) = when (shape) {
    is Shape.Circle -> Math.PI * shape.radius * shape.radius
    Shape.Empty -> 0.0
}

fun main() {
    val n = readLine()?.trim()?.toIntOrNull() ?: 10
    val groups = mutableMapOf<Int, MutableList<String>>()
    for (i in 0 until n) groups.getOrPut(i % 3) { mutableListOf() }.add("x$i")
    val queue = PriorityQueue<Point>(compareBy { it.x })
    queue.add(Point(1, 2))
    println((0 until n).map { it * it }.filter { it % 2 == 0 }.joinToString(","))
    println("${area(Shape.Circle(2.0))} ${groups.size} ${queue.poll()}")
}
