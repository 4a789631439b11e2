package dev.dropwise.driver.cli;

import dev.dropwise.driver.job.NativeJars;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.nd4j.linalg.factory.Nd4j;

/** Placeholder of the command line: proves that the packaged application starts, ships its native jars and runs tasks. */
public final class Main {
    private static final String CLASSIFIER = "linux-x86_64-onednn";

    private Main() {}

    public static void main(String[] arguments) {
        if (List.of(arguments).contains("--version")) {
            System.out.println("dropwise " + Main.class.getPackage().getImplementationVersion());
            return;
        }
        SparkConf conf = new SparkConf()
                .setIfMissing("spark.app.name", "dropwise hello")
                .set("spark.ui.enabled", "false")
                // On a busy machine the first executor could do both tasks before the second is there.
                .set("spark.cores.max", "2")
                .set("spark.scheduler.minRegisteredResourcesRatio", "1.0")
                .set("spark.scheduler.maxRegisteredResourcesWaitingTime", "120s")
                .set("spark.executor.extraJavaOptions", "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED");
        NativeJars.besideApplication().ifPresent(jars -> {
            if (conf.get("spark.master").startsWith("local")) {
                conf.set("spark.executor.extraClassPath", jars.application().toString());
            } else {
                conf.set("spark.jars", withNativeJars(conf.get("spark.jars", ""), jars));
            }
        });
        try (JavaSparkContext context = new JavaSparkContext(conf)) {
            System.out.println("driver pid=" + ProcessHandle.current().pid());
            context.parallelize(List.of(0, 1), 2).map(Main::greeting).collect().forEach(System.out::println);
        }
    }

    private static String withNativeJars(String jars, NativeJars beside) {
        Stream<String> nativeJars =
                beside.needed(CLASSIFIER).stream().map(Path::toUri).map(Object::toString);
        return Stream.concat(Stream.of(jars).filter(s -> !s.isEmpty()), nativeJars)
                .collect(Collectors.joining(","));
    }

    private static String greeting(int task) {
        System.setProperty("org.bytedeco.javacpp.platform.extension", "-onednn");
        double sum = Nd4j.ones(4, 4).mmul(Nd4j.ones(4, 4)).sumNumber().doubleValue();
        return "task=" + task + " pid=" + ProcessHandle.current().pid() + " sum=" + sum + " jvmUptimeMs="
                + ManagementFactory.getRuntimeMXBean().getUptime();
    }
}
