//: family = "calls"
//: idea = "Writes to an address of its choice, past all that its machine checks."
//: ends = ["signalled", "exited"]
//: limits = { memory_bytes = 536870912, cpu_s = 3, wall_s = 10 }
import java.lang.reflect.Field;
import sun.misc.Unsafe;

public class Main {
    public static void main(String[] arguments) throws Exception {
        Field field = Unsafe.class.getDeclaredField("theUnsafe");
        field.setAccessible(true);
        ((Unsafe) field.get(null)).putAddress(8, 42);
        System.out.println("ESCAPED: wrote to where nothing is");
    }
}
