package dev.dropwise.worker.diagnosis;

import dev.dropwise.common.config.DataConfig;
import java.util.List;

/**
 * What every rank shall look at.
 *
 * @param runId names this examination, as a run's id names a run
 * @param kernelClass that ranks compute with; empty when none was agreed
 * @param data the data set to open; none when the driver could not tell where it is
 * @param marks what the driver has left where the run directory would be; none when it could not
 */
public record Examination(String runId, String kernelClass, List<DataConfig> data, List<OutputMark> marks) {
    public Examination {
        data = List.copyOf(data);
        marks = List.copyOf(marks);
    }
}
