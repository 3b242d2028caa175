import * as fs from "fs";

interface Edge {
  to: number;
  weight: number;
}

function reach(graph: Edge[][], start: number): Map<number, number> {
  const distance = new Map<number, number>();
  distance.set(start, 0);
  const queue: number[] = [start];
  for (let node = queue.shift(); node !== undefined; node = queue.shift()) {
    for (const { to, weight } of graph[node]) {
      const next = (distance.get(node) || 0) + weight;
      const known = distance.get(to);
      if (known === undefined || next < known) {
        distance.set(to, next);
        queue.push(to);
      }
    }
  }
  return distance;
}

const size = fs.readFileSync(0, "utf8").length + 10;
const graph: Edge[][] = [];
for (let i = 0; i < size; i++) graph.push([{ to: (i * 7 + 3) % size, weight: i + 1 }]);
reach(graph, 0).forEach((length, node) => console.log(node, length));
