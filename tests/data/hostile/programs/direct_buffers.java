//: family = "memory"
//: idea = "Fills memory outside the heap, which the heap's limit does not bound."
//: ends = ["memory_limit_exceeded"]
//: limits = { memory_bytes = 402653184, cpu_s = 5, wall_s = 20 }
import java.lang.reflect.Field;
import sun.misc.Unsafe;

public class Main {
    public static void main(String[] arguments) throws Exception {
        Field field = Unsafe.class.getDeclaredField("theUnsafe");
        field.setAccessible(true);
        Unsafe unsafe = (Unsafe) field.get(null);
        while (true) unsafe.setMemory(unsafe.allocateMemory(16 << 20), 16 << 20, (byte) 1);
    }
}
