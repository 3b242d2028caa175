//: family = "processes"
//: idea = "Eight threads, each well below the CPU limit, together far above it."
//: ends = ["time_limit_exceeded"]
#include <thread>
#include <vector>

int main() {
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; i++)
        threads.emplace_back([] { for (volatile long n = 0;; n = n + 1) {} });
    for (auto& thread : threads) thread.join();
}
