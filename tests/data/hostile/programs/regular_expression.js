//: family = "time"
//: idea = "A regular expression that tries exponentially many ways."
//: ends = ["time_limit_exceeded"]
//: limits = { memory_bytes = 536870912 }
/^(a+)+$/.test("a".repeat(50) + "!");
