module github.com/sotto-render/sotto

go 1.26
