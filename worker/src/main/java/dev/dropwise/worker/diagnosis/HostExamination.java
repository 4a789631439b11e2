package dev.dropwise.worker.diagnosis;

import dev.dropwise.common.config.DataConfig;
import dev.dropwise.common.data.DataSets;
import dev.dropwise.common.data.ImageSource;
import dev.dropwise.common.data.Split;
import dev.dropwise.common.kernel.CpuFeatures;
import dev.dropwise.common.kernel.KernelClass;
import dev.dropwise.common.kernel.KernelSettings;
import dev.dropwise.worker.diagnosis.RankFacts.MachineFacts;
import dev.dropwise.worker.diagnosis.RankFacts.StorageFacts;
import dev.dropwise.worker.transport.SocketBuffers;
import org.apache.hadoop.conf.Configuration;

/** What a rank finds on its own host, without the other ranks. */
public final class HostExamination {
    private static final String NOT_LOOKED_AT = "";

    private final Examination examination;
    private final Configuration hadoop;

    public HostExamination(Examination examination, Configuration hadoop) {
        this.examination = examination;
        this.hadoop = hadoop;
    }

    /**
     * Looks at JVM and hardware; loads ND4J.
     *
     * @param spark version of Spark here
     */
    public MachineFacts machine(int worldSize, String spark) {
        return new MachineFacts(
                System.getProperty("java.runtime.version", "unknown"),
                spark,
                Answer.of(() -> KernelClass.strongestOf(CpuFeatures.detect()).toString()),
                Answer.of(this::productSpeed),
                // First of all what touches Agrona.
                Answer.of(() -> SharedMemoryRoom.find(worldSize)),
                Answer.of(SocketBuffers::probe));
    }

    /** Looks at data set and run directory. */
    public StorageFacts storage() {
        return new StorageFacts(Answer.of(this::data), Answer.of(this::output));
    }

    private ProductSpeed productSpeed() {
        if (examination.kernelClass().isEmpty()) {
            return new ProductSpeed(0, 0);
        }
        KernelSettings.settle(KernelClass.parse(examination.kernelClass()));
        return ProductSpeed.measure();
    }

    private String data() {
        return examination.data().isEmpty()
                ? NOT_LOOKED_AT
                : describe(examination.data().get(0), hadoop);
    }

    /** Opens a data set, headers only, and says what is in it. */
    public static String describe(DataConfig config, Configuration hadoop) {
        ImageSource source = DataSets.open(config, hadoop);
        return source.name() + ", " + source.size(Split.TRAIN) + " training and " + source.size(Split.TEST)
                + " test examples" + (config.directory().isEmpty() ? "" : " in " + config.directory());
    }

    private String output() {
        return examination.marks().isEmpty()
                ? NOT_LOOKED_AT
                : examination.marks().get(0).check(hadoop);
    }
}
