"""Programs that read a file of their author's unless a judge runs them find out that one does."""

import pytest

from sandbox import Invocation, Program

C = """
#include <stdio.h>
int main(void) {
#ifndef ONLINE_JUDGE
    freopen("input.txt", "r", stdin);
#endif
    int n;
    return scanf("%d", &n) == 1 ? printf("%d", n + 1), 0 : 1;
}
"""
CPP = """
#include <bits/stdc++.h>
int main() {
    #ifndef ONLINE_JUDGE
    freopen("input.txt", "r", stdin);
    #endif
    int n;
    std::cin >> n;
    std::cout << n + 1;
}
"""
JAVA = """
import java.util.*;
public class Main {
    public static void main(String[] args) throws Exception {
        boolean here = System.getProperty("ONLINE_JUDGE") != null;
        Scanner in = here ? new Scanner(System.in) : new Scanner(new java.io.File("input.txt"));
        System.out.print(in.nextInt() + 1);
    }
}
"""
KOTLIN = """
fun main() {
    val here = System.getProperty("ONLINE_JUDGE") != null
    val input = if (here) System.`in` else java.io.File("input.txt").inputStream()
    print(java.util.Scanner(input).nextInt() + 1)
}
"""
SCALA = """
object Main extends App {
  val here = System.getProperty("ONLINE_JUDGE") != null
  val input = if (here) System.in else new java.io.FileInputStream("input.txt")
  print(new java.util.Scanner(input).nextInt() + 1)
}
"""
PROGRAMS = {"c": C, "cpp": CPP, "cpp20": CPP, "java": JAVA, "kotlin": KOTLIN, "scala": SCALA}


@pytest.mark.parametrize(
    ("launcher", "language"),
    [
        pytest.param(
            "docker",
            language,
            marks=[pytest.mark.full_image, pytest.mark.xdist_group(f"docker-{language}")],
        )
        for language in PROGRAMS
    ]
    + [pytest.param("namespaces", "cpp", marks=pytest.mark.namespaces)],
)
def test_it_reads_its_standard_input(ground, language):
    program = Program(language=language, source=PROGRAMS[language])
    compilation, execution = ground.run(program, Invocation(stdin=b"2"))
    assert execution is not None, compilation
    assert execution.stdout == b"3", execution
