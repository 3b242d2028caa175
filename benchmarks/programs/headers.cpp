#include <iostream>
#include <algorithm>
#include <map>
#include <string>
#include <vector>

int main() {
    std::vector<std::string> words = {"pear", "apple", "fig"};
    std::sort(words.begin(), words.end());
    std::map<std::string, std::size_t> lengths;
    for (const auto& word : words) lengths[word] = word.size();
    for (const auto& entry : lengths) std::cout << entry.first << ' ' << entry.second << '\n';
}
