#include <bits/stdc++.h>
using namespace std;

int main() {
    ios::sync_with_stdio(false);
    cin.tie(nullptr);
    int n = 10;
    vector<long long> numbers(n);
    iota(numbers.begin(), numbers.end(), 1);
    sort(numbers.rbegin(), numbers.rend());
    map<long long, int> counts;
    for (long long number : numbers) counts[number % 3]++;
    for (auto& [key, count] : counts) cout << key << ' ' << count << '\n';
    cout << accumulate(numbers.begin(), numbers.end(), 0LL) << endl;
}
