import * as fs from "fs";

interface Shape {
  area(): number;
}

class Circle implements Shape {
  constructor(private radius: number) {}
  area(): number {
    return Math.PI * this.radius ** 2;
  }
}

const counts = new Map<string, number>();
for (const word of fs.readFileSync(0, "utf8").split(/\s+/)) {
  counts.set(word, (counts.get(word) ?? 0) + 1);
}
console.log([...counts.entries()].sort((a, b) => b[1] - a[1]), new Circle(2).area().toFixed(3));
