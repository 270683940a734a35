module virtwork.test/cluster/bed

go 1.24.0
