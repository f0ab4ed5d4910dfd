import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from "@leasehold/ui/components/ui/select";
import type { ComponentProps } from "react";

interface RegionSelectProps extends ComponentProps<typeof SelectTrigger> {
  regions: readonly string[];
  value: string;
  onValueChange: (region: string) => void;
}

/** Takes its id and descriptions from the field around it and hands them to what is pressed. */
export function RegionSelect({ regions, value, onValueChange, ...trigger }: RegionSelectProps) {
  return (
    <Select value={value} onValueChange={onValueChange}>
      <SelectTrigger {...trigger}>
        <SelectValue placeholder="Choose a region" />
      </SelectTrigger>
      <SelectContent>
        {regions.map((region) => (
          <SelectItem key={region} value={region}>
            {region}
          </SelectItem>
        ))}
      </SelectContent>
    </Select>
  );
}
